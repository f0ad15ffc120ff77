// The shelf of components: each is put there when it is first used, so the contract holds none that nothing uses.
import type { JsonSchema } from '../../../define/field.ts'
import type { Components, Header, Parameter, Reference, Response } from './document.ts'

type Kind = 'schemas' | 'responses' | 'parameters' | 'headers'

interface Things {
  readonly schemas: JsonSchema
  readonly responses: Response
  readonly parameters: Parameter
  readonly headers: Header
}

export interface Shelf {
  /** Answers a reference to the component, made when it is asked for first. A schema may refer to itself. */
  use<K extends Kind>(kind: K, name: string, make: () => Things[K]): Reference
  /** All of them, each kind in the order of names. */
  components(): Omit<Components, 'securitySchemes'>
}

/** Makes an empty shelf. */
export function createShelf(): Shelf {
  const shelves = {
    schemas: new Map<string, JsonSchema>(),
    responses: new Map<string, Response>(),
    parameters: new Map<string, Parameter>(),
    headers: new Map<string, Header>(),
  }
  const begun = new Set<string>()
  return {
    use(kind, name, make) {
      const $ref = `#/components/${kind}/${name}`
      if (begun.has($ref)) return { $ref }
      begun.add($ref) // before it is made: what it holds may refer back to it
      // Each map holds its own kind of thing, which the compiler cannot follow through a type parameter.
      const shelf = shelves[kind] as Map<string, unknown>
      shelf.set(name, make())
      return { $ref }
    },
    components: () => ({
      schemas: inOrder(shelves.schemas),
      responses: inOrder(shelves.responses),
      parameters: inOrder(shelves.parameters),
      headers: inOrder(shelves.headers),
    }),
  }
}

const inOrder = <T>(shelf: ReadonlyMap<string, T>): { readonly [name: string]: T } =>
  Object.fromEntries([...shelf].toSorted(([a], [b]) => (a < b ? -1 : 1)))
