/** Whom a message is for, as people read it: `ann (0a1b2c3d)`, `@engineer`, `human`. */

export interface Receiver {
  readonly id: string
  readonly name: string
}

export const called = ({ id, name }: Receiver): string => (name === id ? id : `${name} (${id})`)
