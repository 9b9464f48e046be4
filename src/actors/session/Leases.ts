/** How a session takes what the lock manager tells it. */
import { HostId } from "../../domain/Ids.ts"
import { placeText } from "../../domain/Lock.ts"
import { report, type Some } from "./Handling.ts"
import { isAtRest, taken } from "./Leasing.ts"
import { idOf, stay } from "./Move.ts"
import { notice } from "./Notices.ts"
import type { State } from "./State.ts"

type Held = State["leasing"]["held"][number]

/** It works on, and believes that it has the place for itself. */
const warning = (state: State, lost: Held, why: string, now: number) => {
  const text = `[sm] You have lost your lock on ${placeText(lost)}: ${why}. Somebody else may write there now: sm locks shows who. sm lock takes it again.`
  const me = { kind: "session", id: idOf(state), host: HostId.make(state.host), name: state.name } as const
  return notice(state, me, { about: `lost ${lost.ticket}`, at: now, text, mode: "important" })
}

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
  LeaseLost: report(({ own, ticket, why }, state, { now }) => {
    const { leasing } = state
    const lost = leasing.held.find((other) => other.ticket === ticket)
    if (lost === undefined) return stay(state)
    const held = leasing.held.filter((other) => other !== lost)
    const out = own || isAtRest(state) ? [] : warning(state, lost, why, now)
    return { state: { ...state, leasing: { ...leasing, held } }, out }
  })
}
