import { BadRequestException, ValidationPipe } from '@nestjs/common';

/** Closed bodies and queries: what a class does not declare is refused, and nothing is converted unless the class says so. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new BadRequestException(errors),
  });
