export { ProviderModel } from './model/index.js'
