import { describeTransport } from '@halfrate/conformance'
import { openEmulated } from './emulated.js'

describeTransport('over HTTP, to the emulator', { open: openEmulated })
