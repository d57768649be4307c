import type { Contribution } from '../api';
import { ElementPane } from '../widgets/elementPane';
import { ResultEditor, type ResultParams } from './resultEditor';

/** What commands answer that is no plan. */
export const results: Contribution = (workbench) => {
  workbench.editors.register({
    type: 'result',
    create: (input) => {
      const params = input.params as ResultParams;
      return new ElementPane(input, new ResultEditor(workbench, input.key, params), { label: params.title, icon: 'output' });
    },
  });
};
