import { type Recognition, RECOGNITIONS } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { mapUseCase } from './map-use-case.js';
import { giveRecognition } from './relationship-map.decisions.js';

/** Thanks to one of ours for what was done for the relations to this client. */
export class GiveRecognition extends AggregateCommand {
  @IsId() memberId!: string;
  @IsIn(RECOGNITIONS) recognition!: Recognition;
  @IsText(500) reason!: string;
}

export const giveRecognitionCase = mapUseCase(GiveRecognition, 'give-recognition', {
  needs: [TeamMembers],
  prepare: ({ memberId }, _map, [members]) => members.assertOnboarded(memberId),
  decide: (_map, { memberId, recognition, reason }) => giveRecognition({ memberId, recognition, reason }),
});
