import { Injectable } from '@nestjs/common';
import type { Travel, TravelMeans } from '@keyfold/contracts';
import { ReportingTime } from '@keyfold/platform';
import { Policies } from '../policy/policies.js';

/** What a journey emits, by the emissions policy of its day. */
@Injectable()
export class Footprints {
  constructor(
    private readonly policies: Policies,
    private readonly time: ReportingTime,
  ) {}

  async of({ means, km }: { readonly means: TravelMeans; readonly km: number }, at: string): Promise<Travel> {
    const { gramsPerKm } = await this.policies.inForce('emissions', this.time.dateOf(at));
    return { means, km, gramsCo2e: Math.round(km * gramsPerKm[means]) };
  }
}
