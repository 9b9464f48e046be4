// Says on standard error when standard input is about to be read. Loaded with --require.
const fs = require("node:fs")
for (const name of ["readSync", "readFileSync"]) {
  const original = fs[name]
  let told = false
  fs[name] = (descriptor, ...more) => {
    if (descriptor === 0 && !told) fs.writeSync(2, "reading\n")
    told ||= descriptor === 0
    return original(descriptor, ...more)
  }
}
