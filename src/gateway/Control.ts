/** Pure: which texts are commands of the agent's own: typed bare and alone, for in a frame they would be mere words. */

/** `/word …` as agents read it; `/etc/hosts` is a path. */
const COMMAND = /^\/[\w:-]+(?:\s|$)/u
const LINE = /^\/[\w:-]+(?:[^\S\n][^\n]*)?$/u

/** A person's words are typed bare anyway: whatever the agent takes for a command is one, also `!ls`. */
export const commandOfPerson = (text: string): boolean => text.startsWith("!") || COMMAND.test(text)

/** From a parent only what is a command beyond doubt. */
export const commandOfParent = (text: string): boolean => LINE.test(text.trim())
