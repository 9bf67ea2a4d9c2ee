//! Model files: what they hold, and that a model survives its file to the bit.
use safetensors::SafeTensors;
use subloc_model::{
    TrainedModel,
    config::{ModelConfig, ModelKind},
    extra::ExtraScale,
    models::specs,
    predict::{Outputs, Predictions},
};

use crate::{
    problem::{bytes, failed},
    support::{Folder, KINDS, bits, config, cpu, host, network, numbers, options, predict, records, table},
};

/// Two untrained members.
pub fn model(config: &ModelConfig) -> TrainedModel {
    let members = [3, u64::MAX].map(|seed| network(config, &[seed], &cpu()).parameters.values.into_iter().map(host).collect());
    let columns = config.extra_features;
    let scale = |m: u64| ExtraScale {
        mean: numbers(70 + m, columns, 1.0),
        deviation: numbers(80 + m, columns, 1.0).into_iter().map(f32::abs).collect(),
    };
    let scales = (0..2).filter(|_| columns > 0).map(scale).collect();
    TrainedModel::new(config.clone().into(), table(config.table_features), vec![3, u64::MAX], members.into()).with_scales(scales)
}

#[test]
fn a_saved_model_predicts_the_same_bits_after_loading() {
    let records = records(1, &[5, 1, 0, 30, 12]);
    let folder = Folder::new();
    for config in KINDS.into_iter().flat_map(|kind| [vec![config(kind)], options(kind)].concat()) {
        let (model, kind) = (model(&config), config.kind);
        model.save(&folder.file("model.safetensors")).unwrap();
        let loaded = TrainedModel::load(&folder.file("model.safetensors")).unwrap();
        assert_eq!((loaded.config(), loaded.seeds(), loaded.members()), (model.config(), model.seeds(), 2));
        let all = |model| {
            let Predictions { probabilities, attention, states, last_states } =
                predict(model, &cpu(), &records, Outputs { attention: true, states: true, last_states: true }).unwrap();
            [Some(probabilities), attention, states, last_states].map(|values| values.map(|v| bits(&v)))
        };
        assert_eq!(all(&model), all(&loaded), "{kind:?}");
        assert!(bytes(&model) == bytes(&loaded), "{kind:?}: saving again gives the same bytes");
        assert_eq!(folder.names(), ["model.safetensors"], "no temporary file is left");
    }
}

#[test]
fn names_and_shapes_are_those_of_pytorch() {
    let config = ModelConfig { filter_widths: vec![1, 9], ..config(ModelKind::ALstm) };
    let file = bytes(&model(&config));
    let tensors = SafeTensors::deserialize(&file).unwrap();
    // torch.nn.Conv1d: [out, in, width]; torch.nn.LSTM: [4H, in], [4H, H], [4H]; torch.nn.Linear: [out, in].
    // H = 6, C = 2 widths · 3 filters, F = 5 + 20, A = 7, D = 9, K = 3.
    let mut expected: Vec<(String, Vec<usize>)> = vec![("encoding.table".into(), vec![25, 5])];
    for m in 0..2 {
        let mut add = |name: &str, shape: &[usize]| expected.push((format!("member.{m}.{name}"), shape.to_vec()));
        for width in [1, 9] {
            add(&format!("conv.{width}.weight"), &[3, 25, width]);
            add(&format!("conv.{width}.bias"), &[3]);
        }
        for direction in ["", "_reverse"] {
            add(&format!("lstm.weight_ih_l0{direction}"), &[24, 6]);
            add(&format!("lstm.weight_hh_l0{direction}"), &[24, 6]);
            add(&format!("lstm.bias_ih_l0{direction}"), &[24]);
            add(&format!("lstm.bias_hh_l0{direction}"), &[24]);
        }
        add("attention.W.weight", &[7, 12]);
        add("attention.v.weight", &[1, 7]);
        add("dense.weight", &[9, 12]);
        add("dense.bias", &[9]);
        add("output.weight", &[3, 9]);
        add("output.bias", &[3]);
    }
    expected.sort();
    let mut found: Vec<(String, Vec<usize>)> = tensors.tensors().into_iter().map(|(name, view)| (name, view.shape().to_vec())).collect();
    found.sort();
    assert_eq!(found, expected);
    for name in ["lstm.bias_hh_l0", "lstm.bias_hh_l0_reverse"] {
        assert!(tensors.tensor(&format!("member.1.{name}")).unwrap().data().iter().all(|byte| *byte == 0), "{name} is zero");
    }
}

#[test]
fn options_have_names_shapes_and_a_format_of_their_own_and_a_model_without_has_the_file_it_had() {
    let [_, with, extra, _] = options(ModelKind::ALstm).try_into().unwrap();
    let file = bytes(&model(&with));
    let tensors = SafeTensors::deserialize(&file).unwrap();
    // C = 3 widths · 3 filters; the second bank gives 3 · 2 channels; the head sees 4H.
    for (name, shape) in [
        ("conv2.7.weight", vec![2, 9, 7]),
        ("conv2.7.bias", vec![2]),
        ("lstm.weight_ih_l0_reverse", vec![24, 6]),
        ("dense.weight", vec![9, 24]),
    ] {
        assert_eq!(tensors.tensor(&format!("member.1.{name}")).unwrap().shape(), shape, "{name}");
    }
    let json = |config: &ModelConfig| serde_json::from_str::<serde_json::Value>(&model(config).metadata_json()).unwrap();
    assert_eq!(
        (&json(&with)["formatVersion"], &json(&with)["pooling"], &json(&with)["cutGap"]),
        (&2.into(), &"attention+last".into(), &3.into())
    );
    assert_eq!((&json(&extra)["formatVersion"], &json(&extra)["extraFeatures"]), (&2.into(), &7.into()));
    let file = bytes(&model(&extra));
    let tensors = SafeTensors::deserialize(&file).unwrap();
    for (name, shape) in [("extra.mean", vec![7]), ("extra.deviation", vec![7]), ("conv.9.weight", vec![3, 5 + 20 + 7, 9])] {
        assert_eq!(tensors.tensor(&format!("member.1.{name}")).unwrap().shape(), shape, "{name}");
    }
    let without = json(&config(ModelKind::ALstm));
    assert_eq!(without["formatVersion"], 1);
    assert!(["pooling", "cutGap", "secondConv", "extraFeatures", "profileDropout"].iter().all(|name| without.get(name).is_none()));
}

#[test]
fn both_biases_of_a_file_from_torch_are_added() {
    let (folder, path) = (Folder::new(), "model.safetensors");
    let file = bytes(&model(&config(ModelKind::RLstm)));
    let mut edited = file.clone();
    let place = |name: &str| {
        let tensors = SafeTensors::deserialize(&file).unwrap();
        tensors.tensor(name).unwrap().data().as_ptr() as usize - file.as_ptr() as usize
    };
    let (first, second) = (place("member.0.lstm.bias_ih_l0"), place("member.0.lstm.bias_hh_l0"));
    edited[first..first + 4].copy_from_slice(&0.25f32.to_le_bytes());
    edited[second..second + 4].copy_from_slice(&0.5f32.to_le_bytes());
    std::fs::write(folder.file(path), edited).unwrap();
    let bias = host(TrainedModel::load(&folder.file(path)).unwrap().network(0, &cpu()).parameters.get::<2>("lstm.bias_ih_l0"));
    assert_eq!(bias[0], 0.75);
}

#[test]
fn an_r_lstm_has_no_attention_in_its_file() {
    let file = bytes(&model(&config(ModelKind::RLstm)));
    let names = SafeTensors::deserialize(&file).unwrap().names().join(" ");
    assert!(names.contains("member.1.dense.weight") && !names.contains("attention"), "{names}");
}

#[test]
fn the_description_is_one_json_string_with_classes_blocks_and_seeds() {
    let model = model(&config(ModelKind::RLstm));
    let file = bytes(&model);
    let (_, header) = SafeTensors::read_metadata(&file).unwrap();
    let metadata = header.metadata().clone().unwrap();
    assert_eq!(metadata.keys().collect::<Vec<_>>(), ["subloc"]);
    assert_eq!(metadata["subloc"], model.metadata_json());
    let json: serde_json::Value = serde_json::from_str(&metadata["subloc"]).unwrap();
    assert_eq!((&json["formatVersion"], &json["kind"], &json["members"]), (&1.into(), &"r-lstm".into(), &2.into()));
    assert_eq!(json["classes"], serde_json::json!(["a", "b", "c"]));
    assert_eq!(json["blocks"], serde_json::json!(["onehot", "profile"]));
    // as text: JSON numbers of JavaScript end at 2^53
    assert_eq!(json["seeds"], serde_json::json!(["3", "18446744073709551615"]));
}

#[test]
fn parameters_are_counted_as_they_are_stored() {
    let model = model(&config(ModelKind::ALstm));
    // By hand, H = 6, C = 9, F = 25, A = 7, D = 9, K = 3: filters 3·25·(1 + 3 + 9) + 3·3, LSTM 2·(24·9 + 24·6 + 24), attention 7·12 + 7,
    // dense 9·12 + 9, output 3·9 + 3.
    assert_eq!(model.parameter_count(), 984 + 768 + 91 + 117 + 30);
    assert_eq!(model.parameter_count(), specs(model.config()).iter().map(|s| s.size()).sum::<usize>());
}

#[test]
fn models_of_one_architecture_merge_and_others_do_not() {
    let one = model(&config(ModelKind::RLstm));
    let merged = TrainedModel::merge(vec![one.clone(), one.clone()]).unwrap();
    assert_eq!((merged.members(), merged.seeds()), (4, [3, u64::MAX, 3, u64::MAX].as_slice()));
    let error = failed(TrainedModel::merge(vec![one, model(&config(ModelKind::ALstm))]));
    assert_eq!((error.code, &error.facts["model"]), ("INVALID_MODEL", &2.into()));
    assert_eq!(failed(TrainedModel::merge(vec![])).code, "INVALID_MODEL");
}

#[test]
fn saving_below_a_regular_file_is_an_io_error_that_leaves_the_file() {
    let (model, folder) = (model(&config(ModelKind::RLstm)), Folder::new());
    let file = folder.file("file");
    std::fs::write(&file, "mine").unwrap();
    let error = model.save(&file.join("model.safetensors")).unwrap_err();
    assert_eq!((error.code, &error.facts["stage"]), ("IO", &"create".into()), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    assert_eq!(folder.names(), ["file"]);
}

#[test]
fn saving_where_a_folder_lies_is_an_io_error_that_leaves_nothing_behind() {
    let (model, folder) = (model(&config(ModelKind::RLstm)), Folder::new());
    std::fs::create_dir(folder.file("taken")).unwrap();
    let error = model.save(&folder.file("taken")).unwrap_err();
    assert_eq!((error.code, &error.facts["stage"]), ("IO", &"create".into()), "{error}");
    assert_eq!(folder.names(), ["taken"]);
}

#[test]
fn saving_over_a_model_replaces_it() {
    let (folder, path) = (Folder::new(), "model.safetensors");
    model(&config(ModelKind::RLstm)).save(&folder.file(path)).unwrap();
    model(&config(ModelKind::ALstm)).save(&folder.file(path)).unwrap();
    assert_eq!(TrainedModel::load(&folder.file(path)).unwrap().config().kind, ModelKind::ALstm);
    assert_eq!(folder.names(), [path]);
}

#[test]
fn a_missing_file_is_an_invalid_model_that_names_the_path() {
    let path = Folder::new().file("model.safetensors");
    let error = failed(TrainedModel::load(&path));
    assert_eq!(error.code, "INVALID_MODEL");
    assert!(error.message.contains(path.to_str().unwrap()), "{error}");
    assert_eq!(error.facts["path"], path.to_str().unwrap());
}
