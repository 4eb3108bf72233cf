import './shell/error-summary.ts';
import './shell/home.ts';
import './shell/not-found.ts';
import './diagrams/tree-drawing.ts';
import './guide/question-form.ts';
import './guide/question-page.ts';
import './shell/app.ts';
