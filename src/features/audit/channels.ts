// What wakes what: an entry that was committed wakes whoever seals; sealed entries wake whoever follows them.
export const channels = Object.freeze({ recorded: 'audit', sealed: 'sealed' })
