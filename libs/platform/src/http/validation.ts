import { BadRequestException, ValidationPipe } from '@nestjs/common';
import { CLOSED_BODY } from '@keyfold/event-sourcing-nest';

/** Closed bodies and queries: what a class does not declare is refused, and nothing is converted unless the class says so. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    ...CLOSED_BODY,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new BadRequestException(errors),
  });
