/** The directory of this shell; nothing when somebody has removed it. */
export const here = (): { readonly cwd?: string } => {
  try {
    return { cwd: process.cwd() }
  } catch {
    return {}
  }
}
