export { SatisfactionModule } from './satisfaction.module.js';
