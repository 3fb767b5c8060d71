import { Inject, Injectable } from '@nestjs/common';
import { incidentContract } from '@keyfold/contracts';
import { type EventStore, idOf } from '@keyfold/event-sourcing';
import { Commands, STORE } from '@keyfold/event-sourcing-nest';
import { OpenItems } from '@keyfold/platform';
import { incident, isOpen } from './incident.aggregate.js';

/** How many incidents are open on an account, from the log itself. */
@Injectable()
export class OpenIncidents extends OpenItems {
  constructor(
    private readonly commands: Commands,
    @Inject(STORE) private readonly store: EventStore,
  ) {
    super();
  }

  async count(accountId: string): Promise<number> {
    const streams = await this.store.streamsOf(accountId, incidentContract.streamPrefix);
    let open = 0;
    for (const stream of streams) if (isOpen((await this.commands.load(incident, idOf(incidentContract, stream))).state)) open += 1;
    return open;
  }
}
