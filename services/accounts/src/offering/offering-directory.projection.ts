import { type OfferingEvent, offeringContract } from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';

/** What plans need to know of the offerings, which opportunities owns. */
export interface DirectoryOffering {
  readonly id: string;
  readonly name: string;
  readonly family: string | null;
  readonly sold: boolean;
}

export const offeringDirectory = projection<DirectoryOffering, OfferingEvent>({
  name: 'offering-directory',
  version: 1,
  follows: [offeringContract],
  mirrored: true,
  fold(row, event, id): DirectoryOffering | null {
    switch (event.type) {
      case 'opportunities.offering.registered':
      case 'opportunities.offering.details-changed':
        return { id, name: event.data.name, family: event.data.family, sold: row?.sold ?? true };
      case 'opportunities.offering.retired':
        return { ...row!, sold: false };
      case 'opportunities.offering.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});
