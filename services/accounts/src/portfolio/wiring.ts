import type { Parts } from '@keyfold/event-sourcing-nest';
import { handOverPortfolioCase, noteRefusalCase, resumeHandoverCase } from '../portfolio-handover/hand-over-portfolio.js';
import { portfolioHandover } from '../portfolio-handover/portfolio-handover.process.js';
import { keepPortfolioInStepWithTheOwner } from './keep-portfolio-in-step-with-the-owner.js';
import { assignAccountCase, createPortfolioCase, keepAccountCase, leavePortfolioCase, releaseAccountCase, weighAccountCase } from './keep-portfolio.js';
import { portfolios } from './portfolios.projection.js';
import { portfolioQueries, portfolioSummaryQuery } from './portfolios.query.js';

/** What portfolios and their handover consist of. */
export const portfolioParts: Parts = {
  cases: [
    createPortfolioCase,
    weighAccountCase,
    assignAccountCase,
    releaseAccountCase,
    keepAccountCase,
    leavePortfolioCase,
    handOverPortfolioCase,
    resumeHandoverCase,
    noteRefusalCase,
    ...portfolioQueries,
    portfolioSummaryQuery,
  ],
  projections: [portfolios],
  policies: [keepPortfolioInStepWithTheOwner],
  processes: [portfolioHandover],
};
