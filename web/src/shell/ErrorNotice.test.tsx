import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { HubAway, HubProblem } from '../api/problem';
import { setLanguage } from '../text/words';
import { ErrorNotice } from './ErrorNotice';

it('says what the hub says: what happened, what to do, where to look', () => {
  setLanguage('en');
  const problem = new HubProblem({
    type: 'x',
    title: 'Internal',
    status: 500,
    code: 'internal',
    detail: 'The hub failed while it worked on this.',
    hint: 'Tell the administrator.',
    retry: false,
    incident: 'ab12',
  });
  const { rerender } = render(<ErrorNotice error={problem} />);
  expect(screen.getByRole('alert').textContent).toBe(
    'The hub failed while it worked on this.Tell the administrator.Incident ab12',
  );
  rerender(<ErrorNotice error={new HubAway()} />);
  expect(screen.getByRole('alert').textContent).toContain('The hub does not answer.');
  rerender(<ErrorNotice error={null} />);
  expect(screen.queryByRole('alert')).toBeNull();
});
