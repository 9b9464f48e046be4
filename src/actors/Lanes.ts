/** The mail of one actor in memory: priority lanes, order within each, every sequence at most once. */
import type { Delivery, Lane } from "../broker/Broker.ts"

/** A report of the actor's own reactor: no sequence, no wire. */
export interface Report {
  readonly tag: string
  readonly payload: unknown
}

export type Item =
  | { readonly _tag: "Mail"; readonly delivery: Delivery }
  | { readonly _tag: "Report"; readonly report: Report }

const order: ReadonlyArray<Lane> = ["urgent", "control", "normal"]

/** Reports come first, for they are about the world as it is; then the lanes, most pressing first. */
export class Lanes {
  readonly #reports: Array<Report> = []
  readonly #lanes: Record<Lane, Array<Delivery>> = { urgent: [], control: [], normal: [] }
  readonly #held = new Set<number>()
  readonly #taken = new Map<number, Delivery>()

  /** False when this sequence is already held: a redelivery after a reconnect. */
  offer(delivery: Delivery): boolean {
    if (this.#held.has(delivery.seq)) return false
    this.#held.add(delivery.seq)
    const lane = this.#lanes[delivery.lane]
    const last = lane.at(-1)
    lane.push(delivery)
    if (last !== undefined && last.seq > delivery.seq) lane.sort((one, two) => one.seq - two.seq)
    return true
  }

  report(report: Report): void {
    this.#reports.push(report)
  }

  take(limit: number): ReadonlyArray<Item> {
    const taken: Array<Item> = this.#reports.splice(0, limit).map((report) => ({ _tag: "Report", report }))
    for (const lane of order) {
      for (const delivery of this.#lanes[lane].splice(0, limit - taken.length)) {
        this.#taken.set(delivery.seq, delivery)
        taken.push({ _tag: "Mail", delivery })
      }
    }
    return taken
  }

  /** Puts what was taken back in front, in its order; what is back already stays where it is. */
  restore(items: ReadonlyArray<Item>): void {
    for (const item of items.toReversed()) {
      if (item._tag === "Mail") {
        if (this.#taken.delete(item.delivery.seq)) this.#lanes[item.delivery.lane].unshift(item.delivery)
      } else if (!this.#reports.includes(item.report)) this.#reports.unshift(item.report)
    }
  }

  /** Puts back all mail that was taken and neither settled nor put back: whoever took it is gone. */
  recover(): void {
    const lost = [...this.#taken.values()].sort((one, two) => one.seq - two.seq)
    this.restore(lost.map((delivery) => ({ _tag: "Mail", delivery })))
  }

  /** Settled: a later delivery of this sequence would be news. */
  release(seq: number): void {
    this.#held.delete(seq)
    this.#taken.delete(seq)
  }

  /** Reports not taken yet. */
  get reports(): number {
    return this.#reports.length
  }

  get waiting(): number {
    return this.#reports.length + order.reduce((sum, lane) => sum + this.#lanes[lane].length, 0)
  }
}
