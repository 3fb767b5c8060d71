import type { Parts } from '@keyfold/event-sourcing-nest';
import { dataQuality } from './data-quality.projection.js';
import { dataQualityQuery } from './list-data-quality.js';

/** How well accounts and their people are known. */
export const dataQualityParts: Parts = { cases: [dataQualityQuery], projections: [dataQuality] };
