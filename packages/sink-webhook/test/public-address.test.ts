import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reachOf } from '../src/public-address.js'

test.each([
  ...['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '192.167.255.255', '100.128.0.1'],
  ...['2606:4700:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '::ffff:808:808'],
])('%s is of the internet', (address) => {
  expect(reachOf(address)).toBe('public')
})

test.each([
  ...['127.0.0.1', '127.255.255.255', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.9'],
  ...['::1', 'fc00::1', 'fd12:3456::1', 'fec0::1', '2001:db8::1', '100::1', '5f00::1', '3fff::1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.1.2.3', '0:0:0:0:0:ffff:c0a8:101'],
])('%s is one of our own', (address) => {
  expect(reachOf(address)).toBe('own')
})

test.each([
  ...['0.0.0.0', '0.1.2.3', '169.254.169.254', '224.0.0.1', '239.255.255.250', '240.0.0.1'],
  ...['255.255.255.255', '::', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'ff02::1'],
  // Such as carry 127.0.0.1 and 169.254.169.254 in them.
  ...['::ffff:169.254.169.254', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1'],
  ...['2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:7f00:1::', '::127.0.0.1', '::7f00:2'],
  ...['', 'localhost', '127.1', '2130706433', '0x7f000001', '127.0.0.1 ', '[::1]', '1.2.3.4.5'],
])('%j is called never', (address) => {
  expect(reachOf(address)).toBe('never')
})

test('an address of version 4 is as far away whichever way it is written', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(reachOf(`::ffff:${address}`)).toBe(reachOf(address))
    }),
  )
})
