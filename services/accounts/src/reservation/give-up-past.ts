import type { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { giveUp, holdingsIn, type Reservation, reservation } from './reservation.aggregate.js';

interface Seen {
  readonly id: string;
  readonly state: Reservation;
  /** What was claimed after it may still come to be. */
  readonly settledBefore: string;
}

/** Gives up what is claimed and not, or no more, so: `holds` says whether it is. One that is claimed anew after it was looked at stays. */
export async function giveUpPast(commands: Commands, command: AggregateCommand, { id, state, settledBefore }: Seen, holds: (holderId: string) => Promise<boolean>): Promise<void> {
  for (const [holderId, holding] of holdingsIn(state)) {
    if (holding.edges.at(-1)!.from > settledBefore || (await holds(holderId))) continue;
    await commands.also(reservation, id, command, `give-up:${holderId}`, (held) => giveUp(held, holderId, holding));
  }
}
