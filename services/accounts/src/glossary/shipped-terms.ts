import type { GlossaryTerm } from './glossary.js';

const term = (id: string, en: string, fr: string, synonyms: { en?: readonly string[]; fr?: readonly string[] } = {}): GlossaryTerm => ({
  id,
  label: { en, fr },
  synonyms: { en: synonyms.en ?? [], fr: synonyms.fr ?? [] },
});

/** The words that Keyfold ships (domain.md H4 and 7); an organisation may call them what it likes. */
export const SHIPPED_TERMS: readonly GlossaryTerm[] = [
  term('key-account', 'Key account', 'Grand compte', { en: ['Strategic account'], fr: ['Compte clé', 'Compte stratégique'] }),
  term('key-account-manager', 'Key account manager', 'Responsable grands comptes', { en: ['KAM', 'Strategic account manager'], fr: ['KAM', 'Responsable grands comptes', 'Responsable comptes clés', 'Key account manager'] }),
  term('portfolio', 'Portfolio', 'Portefeuille', { en: ['Book of business'], fr: ['Portefeuille de comptes'] }),
  term('retention', 'Retention', 'Fidélisation', { en: ['Loyalty'], fr: ['Suivi et fidélisation'] }),
  term('hunting', 'Hunting', 'Chasse', { en: ['New business'], fr: ['Conquête', 'Prospection'] }),
  term('farming', 'Farming', 'Élevage', { en: ['Account growth'], fr: ['Développement de comptes'] }),
  term('stakeholders', 'Stakeholders', 'Parties prenantes', { en: ['Contacts'], fr: ['Interlocuteurs'] }),
  term('tender', 'Tender', "Appel d'offres", { en: ['RFP', 'Call for tenders'], fr: ['AO'] }),
  term('technical-response', 'Technical response', 'Mémoire technique'),
  term('bid-defence', 'Bid defence', 'Soutenance', { en: ['Oral presentation'] }),
  term('opportunity', 'Opportunity', 'Affaire', { en: ['Deal'], fr: ['Opportunité'] }),
  term('win-rate', 'Win rate', 'Taux de transformation'),
  term('weighted-pipeline', 'Weighted pipeline', 'Carnet pondéré', { fr: ['Pipeline pondéré'] }),
  term('coverage', 'Coverage', 'Taux de couverture'),
  term('share-of-wallet', 'Share of wallet', 'Part de portefeuille client', { en: ['SoW'] }),
  term('whitespace', 'Whitespace', 'Espaces blancs'),
  term('notice-period', 'Notice period', 'Préavis'),
  term('automatic-renewal', 'Automatic renewal', 'Reconduction tacite', { fr: ['Tacite reconduction'] }),
  term('amendment', 'Amendment', 'Avenant'),
  term('malfunction', 'Malfunction', 'Dysfonctionnement', { en: ['Incident'], fr: ['Incident'] }),
  term('response-time', 'Response time', 'Délai de prise en charge'),
  term('resolution-time', 'Resolution time', 'Délai de résolution'),
  term('corrective-actions', 'Corrective actions', 'Actions correctives', { en: ['CAPA'] }),
  term('variable-share', 'Variable share', 'Part variable'),
  term('attainment', 'Attainment', "Atteinte d'objectifs"),
  term('credit-note', 'Credit note', 'Avoir'),
  term('discount', 'Discount', 'Remise', { en: ['Rebate'], fr: ['Rabais'] }),
  term('csr', 'CSR', 'RSE', { en: ['Corporate social responsibility'], fr: ["Responsabilité sociétale de l'entreprise"] }),
  term('qbr', 'QBR', 'Revue trimestrielle', { en: ['Quarterly business review'] }),
  term('sales-engineer', 'Sales engineer', 'Ingénieur commercial', { en: ['Presales'], fr: ['Technico-commercial'] }),
  term('project-manager', 'Project manager', 'Chef de projet'),
  term('sales-director', 'Sales director', 'Directeur commercial'),
];
