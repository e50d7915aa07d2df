import type { GoModuleFile } from "./go-module-file.js";

/** The oldest Kubernetes that is still maintained: what it knows, later ones know. */
export const kubernetesApi: GoModuleFile = {
  module: "k8s.io/kubernetes",
  version: "1.34.4",
  path: "api/openapi-spec/swagger.json",
  sha256: "d3b0cdc2fda15c753206d25ab459dc7c12df64e2fd652b6809687471ea751c37",
};

export const customResources: readonly GoModuleFile[] = [
  {
    module: "github.com/kedacore/keda/v2",
    version: "2.21.0",
    path: "config/crd/bases/keda.sh_scaledobjects.yaml",
    sha256: "af35555862a83933b074af14ad439c4b4ceabaf4daa3e9338e9b23e36d308d80",
  },
  {
    module: "github.com/nats-io/nack",
    version: "0.23.0",
    path: "deploy/crds.yml",
    sha256: "0294155f257c21df1421c2fe7e9e055922011c5cc3da75b7668bf7239fdfe452",
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "0.85.0",
    path: "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    sha256: "8ce88c52c51209993511cae093089c9525f5552def88119e3f559123ee9d454b",
  },
];
