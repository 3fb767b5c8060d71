// violates eslint(no-restricted-imports)
import { Injectable } from '@nestjs/common';

export const decorate = Injectable;
