// What would break a move of an address: each fault, seeded into the source, turns the test of it red.
import { control, type Seeded } from '../seeded/seeded.ts'

const tests = 'test/identity/email.test.ts'
const manyAgree = 'of both addresses that agree at once, many times, one change comes'
const bothAgree = 'an account moves when both addresses agreed, '

const atConfirm = (edits: Seeded['edits'], titles: readonly string[]): Seeded => ({
  file: 'src/features/auth/flows/email_confirm.ts',
  edits,
  tests,
  titles,
})
const atChange = (edits: Seeded['edits'], titles: readonly string[]): Seeded => ({
  file: 'src/features/auth/flows/email_change.ts',
  edits,
  tests,
  titles,
})

const both = 'if (move.oldAgreedAt === null || move.newAgreedAt === null) return { changed: false }'
const dropped = (text: string): Seeded['edits'] => [[text, '']]

control(
  'the new address alone moves an account',
  atConfirm([[both, 'if (move.newAgreedAt === null) return { changed: false }']], [`${bothAgree}the new first`]),
)

control(
  'the old address alone moves an account',
  atConfirm([[both, 'if (move.oldAgreedAt === null) return { changed: false }']], [`${bothAgree}the old first`]),
)

control('a code of a move works again', atConfirm(dropped('used === null && '), [bothAgree]))

control(
  'codes that are never used up change more than once, of many at once',
  atConfirm(
    [
      ['used === null && ', ''],
      ['  await tx.delete(moves, move.id)\n  const changed', '  const changed'],
      [
        'if (holder?.verifiedAt) return undefined',
        'if (holder?.id === account.id) return account\n  if (holder?.verifiedAt) return undefined',
      ],
    ],
    [manyAgree],
  ),
)

// SQLite has one writer: what was seen there is still so.
control('codes of a move that come at once believe what they saw before they waited', {
  ...atConfirm([['const move = account && (await find())', 'const move = account && seen']], [manyAgree]),
  only: 'postgres',
})

control(
  'a code of a move works for ever',
  atConfirm(dropped('move.endsAt > tx.now && '), [
    'codes end after half an hour, with another move, and with another password',
  ]),
)

control(
  'whoever moves takes the address of somebody who has confirmed it',
  atConfirm(dropped('if (holder?.verifiedAt) return undefined'), ['who comes to have the address first keeps it']),
)

control(
  'whoever never confirmed an address holds it',
  atConfirm(
    [['if (holder?.verifiedAt) return undefined', 'if (holder) return undefined']],
    ['who comes to have the address first keeps it'],
  ),
)

control(
  'other sessions stay when the address has changed',
  atConfirm(dropped('await endSessions(tx, account, move.session)'), [bothAgree]),
)

control(
  'what the old address got before opens the account of the new one',
  atConfirm(
    dropped(
      'for (const { id } of await tx.find(proofs, { account: account.id }, { limit: 1_000 })) ' +
        'await tx.delete(proofs, id)',
    ),
    [bothAgree],
  ),
)

control(
  'a stopped move leaves the sessions of whoever asked for it',
  atConfirm(dropped('await endSessions(tx, account)\n'), ['the old address stops a move']),
)

control(
  'the new address stops a move, and so signs somebody else out',
  atConfirm([["found?.side !== 'old'", 'found === undefined']], ['the old address stops a move']),
)

control(
  'a move takes no fresh proof',
  atChange([['await provedCaller(tx, caller)', 'await lockedCaller(tx, caller)']], ['a move takes a proof']),
)

control(
  'a move begun before goes on beside the next one',
  atChange(
    [
      ['for (const { id } of await tx.find(moves, { account: account.id })) await tx.delete(moves, id)', ''],
      ['await tx.create(moves, {', 'await tx.upsert(moves, [{'],
      [
        'endsAt: new Date(now.getTime() + proofLimits.moveMs),\n  })',
        'endsAt: new Date(now.getTime() + proofLimits.moveMs),\n  }], { by: ["account"], keep: true })',
      ],
    ],
    ['codes end after half an hour, with another move, and with another password'],
  ),
)

control(
  'an address that is taken is told to whoever asks',
  atChange(
    [
      [
        '  const head = headOf(house)\n',
        "  if (holder?.verifiedAt) return new Problem('conflict', 'Taken.')\n  const head = headOf(house)\n",
      ],
    ],
    ['an address that is taken gives the same answers and letters'],
  ),
)

control(
  'letters about a move have no limit',
  atChange(dropped('if (tooMany !== undefined) return tooMany'), ['letters about a move are five an hour']),
)

control('a wrong password for a move is not counted', {
  file: 'src/features/auth/steps/password_proof.ts',
  edits: [['(await countTry(tx, house, account.id, given)) ?? account', 'account']],
  tests,
  titles: ['of many wrong passwords for a move no more are judged than the limit lets'],
})
