// The whole of the kill trial: 3,000 kills of a server over HTTP, in databases of 25 kills each.
import test from 'node:test'
import { survivesKills } from './kill.ts'

const DATABASES = 120
const KILLS = 25

for (let seed = 1; seed <= DATABASES; seed++) {
  test(`${KILLS} kills lose nothing that was told (seed ${seed})`, { timeout: 600_000 }, async (t) => {
    await survivesKills(t, { cycles: KILLS, seed })
  })
}
