# The server has no build step: Node runs the TypeScript sources as they are.
FROM node:24-bookworm-slim
WORKDIR /srv/bund
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
# The image brings its own Node 24, so the pinned runtime among the optional packages is left out.
RUN npm ci --omit=dev --omit=optional
COPY src ./src
COPY profiles ./profiles
# Distil the FHIR definitions once, so that a container is ready within seconds.
RUN node src/cli/warm-definitions.ts && mkdir data && chown node:node data node_modules/.cache/bund
USER node
EXPOSE 8080
# A small young generation keeps the process small and costs nothing measurable.
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=50", "src/main.ts"]
