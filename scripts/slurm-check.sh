#!/bin/sh
# A whole Slurm on this machine (Debian: apt-get install slurm-wlm munge; as root), and a study in parts on it: twenty people
# of the phantom in a job array, one task killed, one requeued, and the same tables as without Slurm. Part of the long check
# where Slurm is installed. Ends with 0 where all is as it should be.
set -eu
for command in munged slurmctld slurmd sbatch squeue scontrol; do
  command -v "$command" > /dev/null || { echo "Slurm is not installed ($command is missing): nothing was checked."; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "The daemons of Slurm need root: nothing was checked."; exit 0; }

cd "$(dirname "$0")/.."
place=$(mktemp -d)
host=$(hostname -s)
cleanup() {
  scancel --me 2> /dev/null || true
  for pid in "$place"/*.pid; do [ -f "$pid" ] && kill "$(cat "$pid")" 2> /dev/null; done
  rm -rf "$place"
}
trap cleanup EXIT

mkdir -p /run/munge && chown munge: /run/munge
pgrep -x munged > /dev/null || runuser -u munge -- munged --force
cat > "$place/slurm.conf" << EOF
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd.log
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
mkdir -p "$place/state" "$place/spool"
export SLURM_CONF="$place/slurm.conf"
slurmctld
slurmd
tries=0
until sinfo -h -o %t 2> /dev/null | grep -q idle; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { echo "Slurm did not come up:"; tail -5 "$place"/*.log; exit 1; }
  sleep 1
done

export NX_DAEMON=false

common="--phantom-per-group 10 --phantom-voxel-size 6 --k 2 3 --method linear pchip"
echo "Without Slurm"
# shellcheck disable=SC2086
node pipelines/start.mjs impute $common --out "$place/alone" > "$place/alone.txt"
# The cohort is made once, before many ask for it.
mkdir -p "$place/cluster"
cp -r "$place/alone/.phantom" "$place/cluster/"

cd "$place"
start="node $OLDPWD/pipelines/start.mjs"
echo "With Slurm: twenty parts, one killed, one requeued"
# shellcheck disable=SC2086
$start impute $common --out "$place/cluster" --cluster slurm --parts 20 | tee submitted.txt
array=$(sed -n 's/^Job \([0-9]*\): impute in 20 parts.*/\1/p' submitted.txt)
last=$(sed -n 's/^Job \([0-9]*\): impute, when.*/\1/p' submitted.txt)
until squeue -h -t R -r -j "$array" -o %K | grep -q .; do sleep 0.2; done
task=$(squeue -h -t R -r -j "$array" -o %K | head -1)
scancel --signal=KILL --full "${array}_$task"
echo "killed part $task"
until squeue -h -t R -r -j "$array" -o %K | grep -v "^$task\$" | grep -q .; do sleep 0.2; done
task=$(squeue -h -t R -r -j "$array" -o %K | grep -v "^$task\$" | head -1)
scontrol requeue "${array}_$task"
echo "requeued part $task"
while squeue -h -j "$last" 2> /dev/null | grep -q .; do sleep 2; done
tail -3 "slurm-$last.out"

for name in mse summary failures excluded; do
  cut -f 1-12 "$place/alone/phantom/default/tables/$name.tsv" > alone.tsv
  cut -f 1-12 "$place/cluster/phantom/default/tables/$name.tsv" > cluster.tsv
  cmp alone.tsv cluster.tsv || { echo "tables/$name.tsv differs"; exit 1; }
done
echo "The tables are those of the run without Slurm."

fails() {
  expected=$1; shift
  if "$@" > refused.txt 2>&1; then echo "Not refused: $*"; exit 1; fi
  grep -q "$expected" refused.txt || { cat refused.txt; exit 1; }
  echo "refused: $(tail -1 refused.txt)"
}
fails 'Slurm did not take the job' $start impute --out "$place/other" --cluster slurm --cluster-options=--partition=nowhere
fails 'knows slurm alone' $start impute --out "$place/other" --cluster pbs
fails 'cannot be done in parts' $start compare --out "$place/other" --cluster slurm
SLURM_CONF=/dev/null
mkdir -p bin && ln -sf "$(command -v node)" bin/node
fails 'could not be started' env PATH="$place/bin" "$place/bin/node" "${start#node }" impute --out "$place/other" --cluster slurm
echo "All is as it should be."
