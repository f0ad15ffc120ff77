// How often a caller may ask.
export { networkOf } from './network.ts'
export { createThrottle, type Throttle } from './throttle.ts'
