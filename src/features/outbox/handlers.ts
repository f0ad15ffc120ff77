// The handlers of the app, by what they listen to, and the names under which their progress is kept.
import type { House } from '../../call/house.ts'
import type { Handler } from '../../define/event.ts'

/** The name of a handler's cursor. */
export const cursorOf = ({ event, name }: Handler): string => `handler ${event.name} ${name}`

/** The handlers of an event by its name: none where nobody listens, or its code is gone. */
export const handlersOf = ({ model }: Pick<House, 'model'>, event: string): readonly Handler[] =>
  model.handlers.filter((handler) => handler.event.name === event)
