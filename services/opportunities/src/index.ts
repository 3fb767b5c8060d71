export { OpportunitiesModule } from './opportunities.module.js';
