import type { components } from './contract';

export type Problem = components['schemas']['Problem'];

/** The hub answered that it did not do it, and why. */
export class HubProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'HubProblem';
    this.problem = problem;
  }

  get code(): Problem['code'] {
    return this.problem.code;
  }
}

/** The hub did not answer: it is away, or the network is. Nothing is known of what was asked. */
export class HubAway extends Error {
  constructor(cause?: unknown) {
    super('The hub does not answer.', { cause });
    this.name = 'HubAway';
  }
}

export function isProblem(error: unknown, code: Problem['code']): boolean {
  return error instanceof HubProblem && error.code === code;
}
