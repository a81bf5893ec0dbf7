import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { Segments } from './Segments';

afterEach(cleanup);

const data = [
  { value: 'all', label: 'All' },
  { value: 'live', label: 'Live' },
] as const;

test('one of a few is chosen by its name, and says so', async () => {
  const chosen = vi.fn();
  render(<Segments aria-label="State" value="all" onChange={chosen} data={data} />);
  expect(screen.getByRole('radiogroup', { name: 'State' })).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>('radio', { name: 'All' }).checked).toBe(true);
  await userEvent.click(screen.getByText('Live'));
  expect(chosen).toHaveBeenCalledWith('live');
});

test('none of them where it is another', () => {
  render(<Segments aria-label="State" value="" onChange={() => {}} data={data} />);
  for (const radio of screen.getAllByRole<HTMLInputElement>('radio')) {
    expect(radio.checked).toBe(false);
  }
});
