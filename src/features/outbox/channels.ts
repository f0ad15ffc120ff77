// What wakes what: an event that was committed wakes the sequence, one that got its place wakes the relays.
export const channels = Object.freeze({ emitted: 'events', placed: 'places' })
