#!/bin/sh
# Small files to begin with, made on the spot: fuzz/seeds/<target>/. Needs ffmpeg; what it
# cannot encode is left out, and without it the fixtures of the tests are all there is. As
# short as they can be: decoding them is what takes the time.
set -eu
cd "$(dirname "$0")"
fixtures=../tests/fixtures
rm -rf seeds
for target in whole wav aiff flac mp3 aac mp4 ogg metadata preset numbers targets saved state; do
    mkdir -p "seeds/$target"
done

# make TARGET NAME SECONDS RATE CHANNELS options of ffmpeg...
# A sine and noise, so that no encoder has it easy.
make() {
    target=$1 name=$2 seconds=$3 rate=$4 channels=$5
    shift 5
    ffmpeg -nostdin -loglevel error -y \
        -f lavfi -i "sine=f=440:r=$rate:d=$seconds" -f lavfi -i "anoisesrc=r=$rate:d=$seconds:a=0.1:seed=1" \
        -filter_complex "[0][1]amix=2,aformat=channel_layouts=$channels" \
        -metadata title=Song -metadata artist=Band "$@" "seeds/$target/$name" ||
        rm -f "seeds/$target/$name"
}

for codec in pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le pcm_alaw pcm_mulaw; do
    make wav "$codec.wav" 0.01 44100 stereo -c:a "$codec"
done
make wav rf64.wav 0.05 48000 mono -c:a pcm_s16le -rf64 always
make wav bext.wav 0.02 48000 stereo -c:a pcm_s24le -write_bext 1 -metadata description=Take
make wav adpcm.wav 0.05 44100 stereo -c:a adpcm_ms
for codec in pcm_s8 pcm_s16be pcm_s24be pcm_f32be pcm_f64be pcm_alaw pcm_s16le; do
    make aiff "$codec.aiff" 0.01 44100 stereo -c:a "$codec" -write_id3v2 1
done
for bits in s16 s32; do
    make flac "$bits.flac" 0.05 44100 stereo -c:a flac -sample_fmt "$bits"
done
make flac mono.flac 0.1 8000 mono -c:a flac -compression_level 12
make flac lpc.flac 0.05 48000 stereo -c:a flac -lpc_type cholesky
make mp3 cbr.mp3 0.1 44100 stereo -c:a libmp3lame -b:a 64k
make mp3 vbr.mp3 0.1 48000 mono -c:a libmp3lame -q:a 6
make mp3 mpeg2.mp3 0.15 22050 stereo -c:a libmp3lame -b:a 32k -write_xing 0
make mp3 mpeg25.mp3 0.3 8000 mono -c:a libmp3lame -b:a 8k
make mp3 joint.mp3 0.08 44100 stereo -c:a libmp3lame -b:a 128k -joint_stereo 1 -id3v2_version 4
make aac lc.aac 0.1 44100 stereo -c:a aac -b:a 48k
make aac mono.aac 0.2 16000 mono -c:a aac -b:a 24k
make mp4 aac.m4a 0.1 44100 stereo -c:a aac -b:a 48k
make mp4 mono.m4a 0.2 24000 mono -c:a aac -b:a 24k -movflags +faststart
make mp4 alac.m4a 0.03 44100 stereo -c:a alac
make mp4 alac24.m4a 0.05 48000 mono -c:a alac -sample_fmt s32p
make mp4 pcm.mov 0.03 48000 stereo -c:a pcm_s24le
make mp4 twos.mov 0.03 48000 stereo -c:a pcm_s16be
make mp4 mp3.mp4 0.1 44100 stereo -c:a libmp3lame -b:a 64k
make mp4 fragmented.mp4 0.15 44100 stereo -c:a aac -b:a 48k -movflags +frag_keyframe+empty_moov -frag_duration 40000
make ogg opus.ogg 0.1 48000 stereo -c:a libopus -b:a 48k
make ogg silk.ogg 0.2 48000 mono -c:a libopus -b:a 12k -application voip -frame_duration 60
make ogg celt.ogg 0.04 48000 stereo -c:a libopus -b:a 96k -application lowdelay -frame_duration 2.5
make ogg flac.ogg 0.05 44100 stereo -c:a flac
make ogg paged.ogg 0.12 48000 mono -c:a libopus -b:a 24k -page_duration 40000

make ogg vorbis.ogg 0.1 44100 stereo -c:a libvorbis -q:a 0
make ogg vorbis_mono.ogg 0.1 8000 mono -c:a libvorbis -q:a 0

if command -v ffmpeg >/dev/null; then
    cat seeds/ogg/opus.ogg seeds/ogg/opus.ogg >seeds/ogg/chained.ogg
    cat seeds/mp3/cbr.mp3 seeds/mp3/cbr.mp3 >seeds/mp3/joined.mp3
else
    for name in aac/chorus.aac mp4/chorus.m4a mp3/chorus.mp3 ogg/chorus.ogg aiff/chorus.aiff; do
        cp "$fixtures/${name#*/}" "seeds/${name%/*}/"
    done
fi

for target in wav aiff flac mp3 aac mp4 ogg; do
    for file in seeds/$target/*; do
        [ -e "$file" ] || continue
        cp "$file" "seeds/whole/$target-${file##*/}"
        cp "$file" "seeds/metadata/$target-${file##*/}"
    done
done

cp ../presets/*.txt seeds/preset/
cp ../session/src/targets.txt seeds/targets/
printf '\001-14,5 dB' >seeds/numbers/gain
printf '\011 1.25 kHz' >seeds/numbers/rate
printf '\063limiter.character = Loud' >seeds/numbers/assignment
printf '{"snapshots":[{"name":"A","values":{"limiter.gain":6.5,"limiter.on":true,"limiter.character":"Loud"}}]}' >seeds/saved/bank
printf '{"path":"/music/a.flac","name":"a","trim_db":-1.5,"regions":[{"start_s":1.0,"end_s":2.5}],"region":0,"is_free_running":true,"sha256":"00","facts":{"integrated_lufs":-9.1,"loudness_range_lu":4.0,"true_peak_dbtp":-0.5,"plr_db":8.5,"duration_s":200.0}}' >seeds/saved/reference
printf '[{"date":"2026-10-02","mode":"abx","level_note":"","entries":[{"label":"Y","name":"B","settings":"","rank":1,"words":["open"],"notes":"x"}],"outcome":{"correct":12,"answered":16,"planned":16,"planned_at_first":10}}]' >seeds/saved/results
cp "$fixtures/state-0.1.json" seeds/state/
printf '{"references":[{"path":"/music/a.flac","name":"a"}],"chosen_reference":{"song":0},"editor_size":[1234.0,777.0],"notes":"loud"}' >seeds/state/session
printf '1 0 1 9be17165 AAAAAAAAAAA' >seeds/state/timeline
