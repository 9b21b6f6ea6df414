# glibc, not Alpine: the embedded engine comes as a library for it.
ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS tools
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /jejak
COPY package.json package-lock.json ./

# What runs. Of the install scripts only SQLite's is needed; the project's own would build, which is the next stage's.
FROM tools AS modules
ARG NPM_OMIT=--omit=dev
RUN npm ci ${NPM_OMIT} --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3

FROM tools AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM ${NODE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 JEJAK_DATA_DIR=/data
WORKDIR /jejak
COPY --from=modules /jejak/node_modules node_modules
COPY --from=build /jejak/dist dist
COPY package.json LICENSE NOTICE ./
COPY bin bin
COPY sql sql
COPY demo demo
COPY server/facts server/facts
COPY deploy/healthcheck.mjs deploy/healthcheck.mjs
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["node", "bin/jejak"]
CMD ["start"]
