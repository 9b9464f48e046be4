/** What the words of a command line say before anything parses them. What stands behind `--` is text. */

const options = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const dashes = args.indexOf("--")
  return dashes < 0 ? args : args.slice(0, dashes)
}

export const wantsJson = (args: ReadonlyArray<string>): boolean => options(args).includes("--json")

/** `-h` counts only as the first word: `sm send x use ls -h` is a text. */
export const wantsHelp = (args: ReadonlyArray<string>): boolean => options(args).includes("--help") || args[0] === "-h"
