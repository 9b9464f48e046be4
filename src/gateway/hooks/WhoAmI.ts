/** What an agent is told of itself when its context begins anew: it may have forgotten all of it. Pure. */
import type { SessionCard } from "../../domain/Session.ts"

/** Most children that are listed one by one. */
const MOST = 20

const named = ({ id, name }: SessionCard): string => `${name} (${id})`

const childLine = (child: SessionCard): string => {
  const task = child.task === null ? "" : `: ${child.task}`
  return `- ${named(child)}${child.role === null ? "" : `, ${child.role}`}, ${child.state}${task}`
}

const children = (cards: ReadonlyArray<SessionCard>): ReadonlyArray<string> => {
  if (cards.length === 0) return []
  const more = cards.length > MOST ? [`- and ${cards.length - MOST} more: sm children`] : []
  return [
    "Your children, which you spawned and may clear, dispatch and kill:",
    ...cards.slice(0, MOST).map(childLine),
    ...more
  ]
}

const mail = (queued: number): ReadonlyArray<string> =>
  queued === 0
    ? []
    : [
        `${queued === 1 ? "1 message waits" : `${queued} messages wait`} for you, and will be typed here when you are idle.`
      ]

/**
 * `forgotten`: the context was cleared, and with it what the task was. Otherwise it is told, for a summary may have lost it.
 */
export const whoAmI = (
  me: SessionCard,
  parent: SessionCard | undefined,
  mine: ReadonlyArray<SessionCard>,
  forgotten: boolean
): string =>
  [
    `[sm] You are session ${named(me)}${me.role === null ? "" : `, ${me.role}`}${me.em ? ", an engineering manager (EM): you hand work to your children and are woken when something happens" : ""}.`,
    parent === undefined
      ? "You have no parent session: a person started you."
      : `Your parent is ${named(parent)}, ${parent.state}.`,
    ...(forgotten || me.task === null ? [] : [`Your task: ${me.task}`]),
    ...children(mine),
    ...mail(me.queued),
    'How to use sm: `sm send <name> "<text>"` writes to a session (`parent` is yours); an answer comes as a prompt, so end your turn instead of waiting for it.',
    '`sm status "<what you are doing>"` says how it goes, `sm children` shows yours, `sm wait <name> <seconds>` has you told when one is idle.',
    "`sm handoff <file>` gives you a fresh context that begins with that file; `sm --help` lists the rest."
  ].join("\n")
