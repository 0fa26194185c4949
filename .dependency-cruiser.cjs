/**
 * Who may import whom (docs/decisions/0001-layout-and-import-rules.md). Types are erased before Node sees them,
 * so only imports that exist at run time are judged.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const CAPABILITY = '^src/(intake|normalize|terminology|identity|recognition|knowledge|consortium|payment|community|performance|access|audit)/';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'fhir-knows-nothing-of-ours', severity: 'error', from: { path: '^src/fhir/' }, to: { path: '^src/', pathNot: '^src/fhir/' } },
    { name: 'port-knows-fhir-only', severity: 'error', from: { path: '^src/store/[^/]+\\.ts$' }, to: { path: '^src/', pathNot: '^src/(fhir/|errors\\.ts|store/[^/]+\\.ts$)' } },
    { name: 'adapters-know-the-port-only', severity: 'error', from: { path: '^src/store/(sqlite|mongo)/' }, to: { path: '^src/', pathNot: '^src/(fhir/|errors\\.ts|store/[^/]+\\.ts$|store/$1/)' } },
    { name: 'adapters-only-behind-the-port', severity: 'error', from: { path: '^src/(?!store/|open-services\\.ts)' }, to: { path: '^src/store/(sqlite|mongo)/|node_modules/(mongoose|mongodb)/|^node:sqlite$|^sqlite$' } },
    { name: 'express-only-in-routers', severity: 'error', from: { path: '^src/', pathNot: '(^src/http/|/router\\.ts$|^src/app\\.ts$)' }, to: { path: 'node_modules/express/' } },
    { name: 'capabilities-meet-at-the-index', severity: 'error', from: { path: '^src/([^/]+)/' }, to: { path: CAPABILITY + '.+', pathNot: ['^src/$1/', '/(index|router)\\.ts$'] } },
    { name: 'capabilities-know-no-rest', severity: 'error', from: { path: CAPABILITY, pathNot: '/router\\.ts$' }, to: { path: '^src/(rest|http|cli|app\\.ts|main\\.ts)' } },
    { name: 'app-knows-all-and-none-knows-app', severity: 'error', from: { path: '^src/', pathNot: '^src/(main\\.ts|serve\\.ts|cli/)' }, to: { path: '^src/(app|main)\\.ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js', '.json'] },
  },
};
