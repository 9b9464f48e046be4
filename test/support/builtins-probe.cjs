// Writes what a process has loaded of node to the file PROBE_FILE when it ends. Loaded with --require.
const { writeFileSync } = require("node:fs")
const touched = []
for (const name of ["stdin", "stdout", "stderr"]) {
  const descriptor = Object.getOwnPropertyDescriptor(process, name)
  const get = () => {
    touched.push(`NativeModule process.${name}`)
    return descriptor.get.call(process)
  }
  Object.defineProperty(process, name, { ...descriptor, get })
}
process.on("exit", () => writeFileSync(process.env.PROBE_FILE, [...process.moduleLoadList, ...touched].join("\n")))
