// Writes an app of many resources, each with an action, a derive and rules, to see what it costs the compiler.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes the app and its tsconfig into the folder. */
export function writeApp(folder: string, root: string, count: number): void {
  mkdirSync(folder, { recursive: true })
  for (let at = 0; at < count; at++) writeFileSync(join(folder, `r${at}.ts`), module(at, count))
  const names = Array.from({ length: count }, (_, at) => `r${at}`)
  const imports = names.map((name) => `import * as ${name} from './${name}.ts'`)
  const parts = names.map((name) => `...${name}`).join(', ')
  const main = [`import { app } from 'plinth'`, ...imports, `export default app('large', { ${parts} })`, ''].join('\n')
  writeFileSync(join(folder, 'main.ts'), main)
  const tsconfig = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      paths: { plinth: [join(root, 'src/index.ts')] },
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [join(folder, '*.ts')],
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
}

/** One noun among others: every tenth reads by `tx.sql` too. */
function module(at: number, count: number): string {
  const other = (step: number): string => `r${(at + step) % count}`
  const select = `tx.sql({ r${at} }).selectFrom('r${at}').select(['name', 'status']).where('number', '>', 3).execute()`
  return `// One noun of a large app.
import { action, all, any, choice, derive, integer, items } from 'plinth'
import { money, moneyOf, ref, resource, text, timestamp } from 'plinth'

export const r${at} = resource('r${at}', {
  fields: {
    name: text({ max: 80 }),
    note: text({ optional: true }),
    number: integer({ min: 1 }),
    at: timestamp(),
    status: choice(['a', 'b', 'c'], { readonly: true, default: 'a' }),
    price: money('EUR', { derived: true }),
    hidden: text({ private: true, default: '' }),
    holder: ref('${other(7)}'),
    other: ref('${other(5)}', { optional: true }),
    lines: items({ product: ref('${other(9)}'), quantity: integer({ min: 1, max: 99 }) }, { max: 50 }),
    title: text(),
    rank: integer({ optional: true }),
  },
  owner: 'holder',
  allow: {
    list: [({ row, me }) => any(row.holder.is(me.id), row.status.is('b'))],
    read: [({ row, me }) => all(row.holder.is(me.id), row.number.lt(5))],
    create: [],
  },
  check: { small: ({ row }) => row.number.lt(10) },
  sort: ['name', 'number'],
})

export const d${at} = derive(r${at}, {
  async price({ data, tx }) {
    const [first] = await tx.find(r${at}, { status: 'a' })
    return first?.price ?? moneyOf('EUR', String(data.lines.length))
  },
})

export const a${at} = action(r${at}, 'go', {
  input: { why: text() },
  allow: [({ row, me }) => row.holder.is(me.id)],
  async run({ row, input, tx }) {
    ${at % 10 === 0 ? `void (await ${select})` : 'void input.why'}
    return tx.update(r${at}, row.id, { status: 'b', note: input.why })
  },
})
`
}
