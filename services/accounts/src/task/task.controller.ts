import { Body, Controller, Query } from '@nestjs/common';
import { Act, Caller, Create, Edge, Read } from '@keyfold/event-sourcing-nest';
import { AssignTask, DismissTask, DoTask } from './close-task.js';
import { AddTask, RaiseTask } from './raise-task.js';
import { GetTask, ListTasks } from './tasks.projection.js';

const WORKERS = ['kam', 'director', 'service-agent'] as const;

@Controller('api/accounts/tasks')
export class TaskController {
  constructor(private readonly edge: Edge) {}

  @Create(...WORKERS) add(@Body() body: AddTask, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('raise', 'service') raise(@Body() body: RaiseTask, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('assign', ...WORKERS) assign(@Body() body: AssignTask, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('do', ...WORKERS) complete(@Body() body: DoTask, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('dismiss', ...WORKERS) dismiss(@Body() body: DismissTask, @Caller() caller: Caller) { return this.edge.run(body, caller); }

  @Read('', ...WORKERS, 'auditor') list(@Query() query: ListTasks, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read(':id', ...WORKERS, 'auditor') get(@Query() query: GetTask, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
