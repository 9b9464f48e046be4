/** How a session takes what the lock manager tells it. */
import { report, type Some } from "./Handling.ts"
import { taken } from "./Leasing.ts"
import { stay } from "./Move.ts"

export const locking: Some<"Leased" | "LeaseAwaited" | "LeaseLost"> = {
  Leased: report(({ lease }, state) => {
    const { asked, fence, holder, host, path, reason, since, ticket, ttl, workspace } = lease
    const epoch = holder._tag === "Session" ? holder.epoch : state.epoch
    const held = { ticket, host, workspace, path, reason, fence, since, ttl, asked }
    return taken(state, epoch, asked, (leasing) => ({
      ...leasing,
      held: [...leasing.held.filter((other) => other.ticket !== ticket), held]
    }))
  }),
  LeaseAwaited: report(({ asked, epoch }, state) =>
    taken(state, epoch, asked, (leasing) => ({ ...leasing, awaits: Math.max(leasing.awaits ?? asked, asked) }))
  ),
  LeaseLost: report(({ ticket }, state) => {
    const { leasing } = state
    const held = leasing.held.filter((other) => other.ticket !== ticket)
    return stay(held.length === leasing.held.length ? state : { ...state, leasing: { ...leasing, held } })
  })
}
