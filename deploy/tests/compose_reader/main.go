// Prints a Compose file as JSON, as the specification's own library reads it: `compose-reader COMPOSE_FILE ENV_FILE`, with
// the profiles of COMPOSE_PROFILES. A file that Docker Compose would refuse is refused here with the same words.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	log.SetFlags(0)
	options, err := cli.NewProjectOptions(os.Args[1:2],
		cli.WithOsEnv, cli.WithEnvFiles(os.Args[2]), cli.WithDotEnv, cli.WithDefaultProfiles())
	if err != nil {
		log.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(project); err != nil {
		log.Fatal(err)
	}
}
