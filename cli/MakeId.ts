/** Ids that a command makes itself, so that asking again is the same. As in `domain/Ids.ts`, without what that file needs to load. */

const luck = (digits: number): string =>
  Math.floor(Math.random() * 36 ** digits)
    .toString(36)
    .padStart(digits, "0")

export const makeMessageId = (): string => `m${Date.now().toString(36).padStart(9, "0")}${luck(6)}`
export const makeTicket = (): string => `l${Date.now().toString(36).padStart(9, "0")}${luck(6)}`
export const makeReminderId = (): string => `r${luck(7)}`
