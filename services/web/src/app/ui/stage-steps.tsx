import { useTranslation } from 'react-i18next';
import { type Stage, STAGES } from '../api/rows.js';
import { useFormats } from '../i18n/format.js';

/** The stage of a deal in words, with its place among the stages. */
export function StageSteps({ stage, probability }: { stage: Stage; probability: number }) {
  const { t } = useTranslation();
  const { percent } = useFormats();
  const reached = STAGES.indexOf(stage);
  return (
    <div className="stage">
      <span>
        {t(`stage.${stage}`)} <span className="dim">{percent(probability / 100)}</span>
      </span>
      <span className="stage-steps" aria-hidden>
        {STAGES.map((each, index) => (
          <span key={each} className={index <= reached ? 'reached' : undefined} />
        ))}
      </span>
    </div>
  );
}
